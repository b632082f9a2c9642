"""One folder that holds all of Skiller, and the way back from it into an empty place.

`python -m backup take FOLDER` and `restore FOLDER`, on one machine or (`--compose`) in containers.
Databases are dumped one after the other while people write; restoring reconciles them.
"""
