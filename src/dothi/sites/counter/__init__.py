"""The counter of a one-stop hall: what is taken in, the queue, papers handed on, results handed out."""
