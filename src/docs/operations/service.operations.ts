import type { Operations } from '../operation';
import {
  bytes,
  liveness,
  metricsPage,
  openApiDocument,
  page,
  readiness,
} from '../schemas/service.schema';

export const serviceOperations: Operations = {
  'GET /api/v1/healthcheck': {
    tag: 'Service',
    summary: 'Tell whether the server runs',
    description: 'Asks nobody, so that a database that is away does not get the process restarted.',
    access: 'anybody',
    rateLimit: 'none',
    answer: liveness,
    example: { data: { status: 'ok', uptime: 3600.5 } },
  },
  'GET /readyz': {
    tag: 'Service',
    summary: 'Tell whether the server can do its work',
    access: 'anybody',
    rateLimit: 'none',
    answer: readiness,
    failures: ['503 NOT_READY'],
    example: { data: { status: 'ready' } },
  },
  'GET /metrics': {
    tag: 'Service',
    summary: 'Get figures for Prometheus',
    description:
      'Requests by route pattern, the event loop, the process, the connections to the database, and the work that waits.',
    access: 'operator',
    rateLimit: 'none',
    answer: metricsPage,
    shape: 'plain',
    contentType: 'text/plain',
    failures: ['503 SERVICE_UNAVAILABLE'],
    example: { data: 'http_requests_in_flight 1' },
  },
  'GET /api/v1/openapi.json': {
    tag: 'Service',
    summary: 'Get this document',
    access: 'anybody',
    rateLimit: 'none',
    answer: openApiDocument,
    shape: 'plain',
    otherAnswers: { 304: 'It has not changed since the `ETag` in `If-None-Match`' },
    example: { data: { openapi: '3.1.1', info: {}, paths: {} } },
  },
  'GET /api/v1/docs': {
    tag: 'Service',
    summary: 'Read this document as a page',
    access: 'anybody',
    rateLimit: 'none',
    answer: page,
    shape: 'plain',
    contentType: 'text/html',
    otherAnswers: { 304: 'It has not changed since the `ETag` in `If-None-Match`' },
    example: { data: '<!DOCTYPE html>' },
  },
};

export const mediaOperations: Operations = {
  'GET /media/:first/:second/:name': {
    tag: 'Media',
    summary: 'Get a file, or a range of it',
    description:
      'The addresses are those in `videoFile`, `thumbnail`, `avatar` and `coverImage`; they never change their content.',
    access: 'anybody',
    rateLimit: 'none',
    answer: bytes,
    shape: 'plain',
    contentType: '*/*',
    otherAnswers: {
      206: 'The range that was asked for',
      304: 'It has not changed since the `ETag` in `If-None-Match`',
    },
    failures: ['404 NOT_FOUND', '412 PRECONDITION_FAILED', '416 RANGE_NOT_SATISFIABLE'],
    example: {
      params: { first: '{{mediaFirst}}', second: '{{mediaSecond}}', name: '{{mediaName}}' },
      data: '',
    },
  },
  'GET /media/:first/:second/:asset/:name': {
    tag: 'Media',
    summary: 'Get a playlist, a segment or the still picture of a video',
    description:
      'The addresses begin at `hlsUrl`, the master playlist of HTTP Live Streaming (RFC 8216), and go on in the playlists. Videos have them where the server has ffmpeg.',
    access: 'anybody',
    rateLimit: 'none',
    answer: bytes,
    shape: 'plain',
    contentType: '*/*',
    otherAnswers: {
      206: 'The range that was asked for',
      304: 'It has not changed since the `ETag` in `If-None-Match`',
    },
    failures: ['404 NOT_FOUND', '412 PRECONDITION_FAILED', '416 RANGE_NOT_SATISFIABLE'],
    example: {
      params: {
        first: '9c',
        second: '04',
        asset: '9c04d00d9c04d00d9c04d00d9c04d00d',
        name: 'index.m3u8',
      },
      data: '',
    },
    // The video that the run publishes has no renditions yet, or never.
    refusedInRun: '404 NOT_FOUND',
  },
};
