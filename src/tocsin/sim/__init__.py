"""An invented world that uses the desk like anyone else: city, callers, crews, faults."""
