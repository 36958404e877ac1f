"""`python -m bot.charts`: one chart as JSON on standard input, its picture on standard output."""

import json
import sys

from bot.charts.chart import chart_from
from bot.charts.drawing import drawn

if __name__ == "__main__":
    sys.stdout.buffer.write(drawn(chart_from(json.load(sys.stdin))))
