/**
 * MongoDB's own error codes. The numbers and names are the server's
 * (https://www.mongodb.com/docs/manual/reference/error-codes/ and the server's error_codes.yml).
 */
export const ERROR_CODES = {
  InternalError: 1,
  BadValue: 2,
  HostUnreachable: 6,
  FailedToParse: 9,
  UserNotFound: 11,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  CannotCreateIndex: 67,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  DottedFieldName: 57,
  CommandNotFound: 59,
  ImmutableField: 66,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NetworkTimeout: 89,
  OperationFailed: 96,
  WriteConflict: 112,
  CommandNotSupported: 115,
  CommandFailed: 125,
  NoSuchTransaction: 251,
  TransactionTooOld: 225,
  TransactionCommitted: 256,
  TransactionTooLarge: 257,
  OperationNotSupportedInTransaction: 263,
  NoSuchSession: 206,
  IncompleteTransactionHistory: 217,
  ExceededTimeLimit: 262,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  DocumentValidationFailure: 121,
  NotImplemented: 238,
  APIVersionError: 322,
  APIStrictError: 323,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InvalidPipelineOperator: 168,
  QueryFeatureNotAllowed: 224,
  InvalidUUID: 207,
  QueryPlanKilled: 175,
  NoQueryExecutionPlans: 291,
  IndexAlreadyExists: 68,
  UnsupportedFormat: 12,
  InvalidBSON: 22,
  NonExistentPath: 29,
  ConversionFailure: 241,
  ExceededMemoryLimit: 146,
  OutOfDiskSpace: 14031,
  CannotBackfillArray: 34,
  NotExactValueField: 111,
  InvalidDBRef: 55,
  HostNotFound: 7,
  NoSuchKey: 4,
  LockTimeout: 24,
  WriteConcernTimeout: 64,
  UnknownReplWriteConcern: 79,
  ShutdownInProgress: 91,
  UnsatisfiableWriteConcern: 100,
  ReadConcernMajorityNotAvailableYet: 134,
  CursorInUse: 143,
  PrimarySteppedDown: 189,
  ClusterTimeFailsRateLimiter: 205,
  IllegalOpMsgFlag: 223,
  CursorKilled: 237,
  SnapshotUnavailable: 246,
  ClientDisconnect: 279,
  TransactionExceededLifetimeLimitSeconds: 290,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  APIDeprecationError: 324,
  UnsupportedOpQueryCommand: 352,
  CollectionUUIDMismatch: 361,
  SocketException: 9001,
  NotWritablePrimary: 10107,
  InterruptedDueToReplStateChange: 11602,
  NotPrimaryNoSecondaryOk: 13435,
  NotPrimaryOrSecondary: 13436,
  SnapshotTooOld: 239,
  MaxSubPipelineDepthExceeded: 232,
  DataCorruptionDetected: 301,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  FailPointSetFailed: 266,
  MergeStageNoMatchingDocument: 13113,
} as const;

export type ErrorCodeName = keyof typeof ERROR_CODES;

const NAME_BY_CODE = new Map<number, string>(
  Object.entries(ERROR_CODES).map(([name, code]) => [code, name]),
);

/** The server names codes without an entry of their own `Location<code>`. */
export function codeNameOf(code: number): string {
  return NAME_BY_CODE.get(code) ?? `Location${code}`;
}

/**
 * An error that the wire layer answers as MongoDB would: `{ ok: 0, errmsg, code, codeName, ...extra }`.
 * `extra` holds fields such as `keyPattern` and `keyValue` (plain BSON values).
 */
export class MongoServerError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra: ReadonlyMap<string, unknown>;
  readonly errorLabels: readonly string[];

  constructor(
    code: ErrorCodeName | number,
    message: string,
    options: { extra?: ReadonlyMap<string, unknown>; errorLabels?: readonly string[] } = {},
  ) {
    super(message);
    this.name = 'MongoServerError';
    this.code = typeof code === 'number' ? code : ERROR_CODES[code];
    this.codeName = codeNameOf(this.code);
    this.extra = options.extra ?? new Map();
    this.errorLabels = options.errorLabels ?? [];
  }
}
