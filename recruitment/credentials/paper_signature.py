"""Signs a paper (PDF), with the credential and its place in the log attached inside the signature.

PAdES in its basic form (ETSI EN 319 142-1): a certification signature that allows no change, over every byte of the
file. No connection is opened: there is no time stamp, and readers of PDF show our own certificate as unknown until an
organisation brings one that they trust.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from recruitment.credentials.signed_data import SignatureContainer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from recruitment.credentials.keys import PaperKey

REASON = "Signed so that any change to this certificate can be seen."
_FIELD = "Signature"
_DIGEST = "sha256"
_ROOM_LEFT = 8


class PaperSigner:
    """Signs papers with one key. Make one and keep it: it is not bound to a paper, and threads may share it."""

    def __init__(self, key: PaperKey) -> None:
        self._container = SignatureContainer(key)
        self._is_ec = isinstance(key.private, EllipticCurvePrivateKey)
        self._reserved = 2 * (self._container.size_max() + _ROOM_LEFT)

    def sign(self, pdf: bytes, attachments: Mapping[str, bytes], made_on: datetime) -> bytes:
        """Return ``pdf`` with these files attached (name -> content) and signed, dated ``made_on``."""
        # They take most of a second to be read, and few commands sign papers.
        from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
        from pyhanko.pdf_utils.generic import NameObject
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
        from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
        from pyhanko.sign.signers.constants import ISO32002
        from pyhanko.sign.signers.pdf_byterange import SignatureObject

        class Writer(IncrementalPdfFileWriter):
            """Leaves the metadata as they were drawn: the library would write the second at which this is done."""

            def _update_meta(self) -> None:
                return

        writer = Writer(io.BytesIO(pdf))
        for name, content in attachments.items():
            stream = EmbeddedFileObject.from_file_data(writer, content, mime_type="application/json")
            relation = NameObject("/Data")
            embed_file(writer, FileSpec(name, file_name=name, embedded_data=stream, af_relationship=relation))
        writer.ensure_output_version(version=(2, 0))  # type: ignore[no-untyped-call]
        if self._is_ec:
            writer.register_extension(ISO32002)
        # The steps of the library one by one: its own signer takes the time from the machine's clock.
        steps = PdfCMSEmbedder().write_cms(field_name=_FIELD, writer=writer)
        next(steps)
        placeholder = SignatureObject(
            made_on, bytes_reserved=self._reserved, subfilter=SigSeedSubFilter.PADES, reason=REASON
        )
        permissions = SigMDPSetup(md_algorithm=_DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
        steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=permissions))
        prepared, output = steps.send(SigIOSetup(md_algorithm=_DIGEST))
        steps.send(self._container.sign(prepared.document_digest))
        output.seek(0)
        return cast("bytes", output.read())
