import { crc32c } from '../../src/wire/crc32c';
import { FrameReader } from '../../src/wire/frame-reader';
import { WireProtocolError } from '../../src/wire/protocol';
import { parseRequest } from '../../src/wire/request-parser';

const EMPTY_DOCUMENT = Buffer.from([5, 0, 0, 0, 0]);

function message(opCode: number, payload: Buffer, requestId = 7): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + payload.length, 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, payload]);
}

function opMsg(flags: number, sections: Buffer): Buffer {
  const flagBytes = Buffer.alloc(4);
  flagBytes.writeUInt32LE(flags, 0);
  return message(2013, Buffer.concat([flagBytes, sections]));
}

function bodySection(document = EMPTY_DOCUMENT): Buffer {
  return Buffer.concat([Buffer.of(0), document]);
}

function sequenceSection(name: string, documents: Buffer[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + content.length, 0);
  return Buffer.concat([Buffer.of(1), size, content]);
}

describe('FrameReader', () => {
  test('next, when two messages come in one chunk, gives both in order', () => {
    const reader = new FrameReader();
    const first = message(1, Buffer.from('first'));
    const second = message(1, Buffer.from('second!'));
    reader.push(Buffer.concat([first, second]));
    expect(reader.next()).toEqual(first);
    expect(reader.next()).toEqual(second);
    expect(reader.next()).toBeUndefined();
  });

  test('next, when a message comes byte by byte, gives it whole after its last byte', () => {
    const reader = new FrameReader();
    const whole = message(1, Buffer.from('slowly'));
    for (const byte of whole.subarray(0, -1)) {
      reader.push(Buffer.of(byte));
      expect(reader.next()).toBeUndefined();
    }
    reader.push(whole.subarray(-1));
    expect(reader.next()).toEqual(whole);
    expect(reader.size).toBe(0);
  });

  test('next, when later bytes arrive, leaves frames that were handed out unchanged', () => {
    const reader = new FrameReader();
    const first = message(1, Buffer.from('first'));
    const second = message(1, Buffer.from('second'));
    reader.push(Buffer.concat([first.subarray(0, 3)]));
    reader.push(Buffer.concat([first.subarray(3), second.subarray(0, 5)]));
    const frame = reader.next();
    reader.push(second.subarray(5));
    expect(reader.next()).toEqual(second);
    expect(frame).toEqual(first);
  });

  test.each([0, 15, -1, 48_000_001, 0x7fffffff])(
    'next, when the length says %d, refuses it before the body arrives',
    (length) => {
      const reader = new FrameReader();
      const header = Buffer.alloc(4);
      header.writeInt32LE(length, 0);
      reader.push(header);
      expect(() => reader.next()).toThrow(WireProtocolError);
    },
  );
});

describe('parseRequest', () => {
  test('OP_MSG, when it has a body and a sequence, gives both as bytes', () => {
    const document = Buffer.from([8, 0, 0, 0, 10, 97, 0, 0]);
    const request = parseRequest(
      opMsg(0, Buffer.concat([bodySection(), sequenceSection('documents', [document, document])])),
    );
    expect(request.requestId).toBe(7);
    expect(Buffer.from(request.body)).toEqual(EMPTY_DOCUMENT);
    expect(request.sequences.get('documents')?.map((bytes) => Buffer.from(bytes))).toEqual([
      document,
      document,
    ]);
    expect(request.moreToCome).toBe(false);
  });

  test('OP_MSG, when moreToCome is set, says that no answer is wanted', () => {
    expect(parseRequest(opMsg(2, bodySection())).moreToCome).toBe(true);
  });

  test('OP_MSG, when its checksum is right, is accepted', () => {
    const sealed = opMsg(1, Buffer.concat([bodySection(), Buffer.alloc(4)]));
    sealed.writeUInt32LE(crc32c(sealed.subarray(0, -4)), sealed.length - 4);
    expect(Buffer.from(parseRequest(sealed).body)).toEqual(EMPTY_DOCUMENT);
  });

  test.each([
    ['its checksum is wrong', opMsg(1, Buffer.concat([bodySection(), Buffer.alloc(4)]))],
    ['it has no body', opMsg(0, sequenceSection('documents', [EMPTY_DOCUMENT, EMPTY_DOCUMENT]))],
    ['it has two bodies', opMsg(0, Buffer.concat([bodySection(), bodySection()]))],
    ['an unknown required flag is set', opMsg(1 << 5, bodySection())],
    ['a section kind is unknown', opMsg(0, Buffer.concat([bodySection(), Buffer.of(9, 0, 0)]))],
    ['a document is longer than its section', opMsg(0, bodySection(Buffer.from([99, 0, 0, 0, 0])))],
    [
      'a document has a negative length',
      opMsg(0, bodySection(Buffer.from([255, 255, 255, 255, 0]))),
    ],
    [
      'a sequence comes twice',
      opMsg(0, Buffer.concat([bodySection(), sequenceSection('a', []), sequenceSection('a', [])])),
    ],
    [
      'a sequence claims more bytes than there are',
      opMsg(0, Buffer.concat([bodySection(), Buffer.from([1, 99, 0, 0, 0, 97, 0])])),
    ],
    [
      'a sequence has no name end',
      opMsg(0, Buffer.concat([bodySection(), Buffer.from([1, 6, 0, 0, 0, 97, 98])])),
    ],
    ['it is truncated after the flags', message(2013, Buffer.alloc(4))],
    ['the opcode is unknown', message(2006, Buffer.alloc(32))],
    [
      'OP_QUERY reads a real collection',
      message(2004, Buffer.from('\0\0\0\0db.users\0\0\0\0\0\0\0\0\0\x05\0\0\0\0')),
    ],
    ['OP_QUERY has no name end', message(2004, Buffer.from('\0\0\0\0admin'))],
  ])('a message, when %s, is a protocol error', (_what, frame) => {
    expect(() => parseRequest(frame)).toThrow(WireProtocolError);
  });

  test('OP_QUERY, when it is a command, names its database', () => {
    const request = parseRequest(
      message(
        2004,
        Buffer.concat([
          Buffer.from('\0\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff', 'latin1'),
          EMPTY_DOCUMENT,
        ]),
      ),
    );
    expect(request.isLegacyQuery).toBe(true);
    expect(request.legacyDatabase).toBe('admin');
  });
});

test('crc32c, when given the check string of the standard, gives its check value', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
