"""What a map says of a city before its networks are designed."""

from kopa.city.survey.make import Wishes, make_survey

__all__ = ["Wishes", "make_survey"]
