def groups():
    try:
        work()
    except* ValueError as group:
        print(group)
    except* TypeError:
        pass
