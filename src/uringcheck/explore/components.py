"""Strongly connected components of a graph in compact form.

Without recursion: call stacks would be as deep as the graph.
Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972).
"""

from __future__ import annotations

from collections.abc import Sequence


def components(offsets: Sequence[int], targets: Sequence[int]) -> list[list[int]]:
    """The components with at least two nodes, each in ascending order.

    The edges from node `v` lead to `targets[offsets[v]:offsets[v + 1]]`.
    """
    size = len(offsets) - 1
    found: list[list[int]] = []
    number, low, closed = [0] * size, [0] * size, bytearray(size)
    position = list(offsets[:size])
    count = 0
    for root in range(size):
        if number[root]:
            continue
        count += 1
        number[root] = low[root] = count
        path, stack = [root], [root]
        while path:
            node = path[-1]
            edge = position[node]
            if edge < offsets[node + 1]:
                position[node] = edge + 1
                target = targets[edge]
                if not number[target]:
                    count += 1
                    number[target] = low[target] = count
                    path.append(target)
                    stack.append(target)
                elif not closed[target] and number[target] < low[node]:
                    low[node] = number[target]
                continue
            path.pop()
            if path and low[node] < low[path[-1]]:
                low[path[-1]] = low[node]
            if low[node] == number[node]:
                last = len(stack) - 1
                while stack[last] != node:
                    last -= 1
                members = stack[last:]
                del stack[last:]
                for member in members:
                    closed[member] = 1
                if len(members) > 1:
                    members.sort()
                    found.append(members)
    found.sort()
    return found
