def register(jobs):
    pass
