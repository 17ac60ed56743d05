"""A sample that is wrong on purpose."""


def create(setup):
    raise KeyError("token")
