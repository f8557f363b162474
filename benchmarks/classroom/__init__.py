"""A class on a real JupyterHub, on this machine's loopback: the server, its learners, what they use.

* ``server``: the hub and the proxy of ``deploy/server``, in a folder of their own
* ``learner``: one simulated learner, over HTTP and the kernel protocol as a browser speaks them
* ``usage``: memory and CPU of the processes
* ``lesson``: a class works through a chapter, and what was measured
"""
