"""The journal on SQLite: the only room that imports SQLAlchemy."""
