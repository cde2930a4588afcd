import { z } from 'zod';
import { seconds } from './common.schema';

export const liveness = z
  .strictObject({ status: z.literal('ok'), uptime: seconds })
  .meta({ id: 'Liveness' });

export const readiness = z.strictObject({ status: z.literal('ready') }).meta({ id: 'Readiness' });

/** This document; its own form is that of the OpenAPI specification. */
export const openApiDocument = z
  .looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ id: 'OpenApiDocument' });

export const page = z.string();

/** The text format of Prometheus. */
export const metricsPage = z.string();

/** The bytes of a file. */
export const bytes = z.string().meta({ wireForm: { type: 'string', format: 'binary' } });
