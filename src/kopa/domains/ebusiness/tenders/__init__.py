"""Public tenders: releases of the Open Contracting Data Standard, and what to look at."""
