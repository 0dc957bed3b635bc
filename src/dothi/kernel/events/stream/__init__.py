"""The event stream for browsers, without Django: one reader a log and process, any number of listeners."""
