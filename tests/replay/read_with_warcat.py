"""Write type, id and block hash of each record of a WARC file as JSON. Runs where Warcat is installed."""

import hashlib
import json
import sys

from warcat.model import WARC

file = WARC.open(sys.argv[1])
found = []
more = True
while more:
    record, more = WARC.read_record(file, preserve_block=True)
    digest = hashlib.sha256()
    for part in record.content_block.iter_bytes():
        digest.update(part)
    fields = record.header.fields
    found.append([fields["warc-type"], fields["warc-record-id"], digest.hexdigest()])
json.dump(found, sys.stdout)
