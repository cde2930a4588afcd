import type { Response } from 'express';
import type { ListPagination } from './pagination';
import { sendJson } from './send-json';

export interface ResponseExtras {
  /** Beside `data`, for lists that are bare arrays. */
  pagination?: ListPagination;
}

/** The success envelope; `success` follows the status so that the two can never disagree. */
export class ApiResponse<Data> {
  readonly success: boolean;

  constructor(
    readonly statusCode: number,
    readonly data: Data,
    readonly message = 'Success',
  ) {
    this.success = statusCode < 400;
  }
}

/** Answers with the success envelope; the HTTP status always equals `statusCode` in the body. */
export function sendResponse<Data>(
  response: Response,
  statusCode: number,
  data: Data,
  message: string,
  extras: ResponseExtras = {},
): void {
  sendJson(response, statusCode, { ...new ApiResponse(statusCode, data, message), ...extras });
}
