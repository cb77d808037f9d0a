"""The properties, apart from the models they judge.

What an application may rely on is judged when it consumes a completion; what the kernel keeps to itself, in every
state. A property is about the smallest part that it can be said of, and so about every model that has that part.
"""
