"""Photos are also the staff's: whoever has an account may have some that wait for an event to name them."""

from typing import Final, LiteralString

PHOTOS_OF_STAFF: Final[LiteralString] = """
ALTER TABLE dauys.photos DROP CONSTRAINT photos_account_id_fkey,
    ADD CONSTRAINT photos_account_id_fkey FOREIGN KEY (account_id) REFERENCES dauys.accounts;
COMMENT ON COLUMN dauys.photos.digest IS 'SHA-256 of the large image, which is what an event names';
COMMENT ON COLUMN dauys.photos.named IS 'an event in the log names it: public, and kept';
"""
