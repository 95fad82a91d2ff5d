"""Context sources: who registers, what they are asked, and how their answers become one."""
