"""Dates and numbers as Mongolian writes them; Django's own formats for mn are wrong."""

DATE_FORMAT = r"Y \о\н\ы n \с\а\р\ы\н j"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"Y \о\н\ы n \с\а\р\ы\н j, H:i"
YEAR_MONTH_FORMAT = r"Y \о\н\ы n \с\а\р"
MONTH_DAY_FORMAT = r"n \с\а\р\ы\н j"
SHORT_DATE_FORMAT = "Y.m.d"
SHORT_DATETIME_FORMAT = "Y.m.d H:i"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%d.%m.%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y.%m.%d %H:%M"]

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
