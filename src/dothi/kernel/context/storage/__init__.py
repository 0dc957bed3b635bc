"""How the live city is kept in a relational store: tables, dictionaries, the spatial index, the writer."""
