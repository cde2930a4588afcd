import type { RequestHandler } from 'express';
import { rightOfWay, type RightOfWay } from '../utils/right-of-way';
import { bringsFile } from './measure-requests.middleware';

/** Files that are being received give way to every request but those that bring one themselves. */
export function goFirst(way: RightOfWay = rightOfWay): RequestHandler {
  return (request, response, next) => {
    if (!bringsFile(request)) response.once('close', way.take());
    next();
  };
}
