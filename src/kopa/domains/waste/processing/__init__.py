"""What becomes of waste: mixes of treatment, landfill gas, reports, sites."""
