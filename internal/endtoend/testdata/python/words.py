"""Counts the words of its arguments with PyFlink: TaskManagers run Python, too."""
import sys

from pyflink.common import Types
from pyflink.datastream import StreamExecutionEnvironment

env = StreamExecutionEnvironment.get_execution_environment()
env.from_collection(sys.argv[1:], Types.STRING()) \
    .map(lambda word: (word, 1), Types.TUPLE([Types.STRING(), Types.INT()])) \
    .key_by(lambda count: count[0]) \
    .reduce(lambda a, b: (a[0], a[1] + b[1])) \
    .print()
env.execute("words")
