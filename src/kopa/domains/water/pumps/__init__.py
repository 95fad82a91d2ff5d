"""Day-ahead pump schedules, certified: exact search over how many pumps run in each hour."""
