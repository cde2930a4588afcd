export { decodeDocument, decodeDocumentAt } from './decode';
export { encodeDocument, MAX_DOCUMENT_BYTES, MAX_INTERNAL_DOCUMENT_BYTES } from './encode';
export { documentFromPlain, fromPlain, toPlain } from './plain';
