import { requiredFields, type UploadRules } from '../../middlewares/upload/upload-rules';
import type { RouteDescription } from '../describe-routes';
import type { Access, OperationExample } from '../operation';
import type { PostmanBody, PostmanFormPart, PostmanRequest, PostmanUrl } from './types';

/** One example call as Postman sends it; variables stay in braces. */
export function postmanRequest(
  route: RouteDescription,
  access: Access,
  example: Omit<OperationExample, 'data'>,
): PostmanRequest {
  const body = bodyOf(route.notes.files ?? {}, example);
  return {
    method: route.method,
    header: [
      ...(body?.mode === 'raw' ? [{ key: 'Content-Type', value: 'application/json' }] : []),
      ...Object.entries(example.headers ?? {}).map(([key, value]) => ({ key, value })),
    ],
    url: urlOf(route.path, example),
    auth: authOf(access),
    ...(body && { body }),
  };
}

function urlOf(
  path: string,
  { params = {}, query = {} }: Omit<OperationExample, 'data'>,
): PostmanUrl {
  const pairs = Object.entries(query).map(([key, value]) => ({ key, value }));
  const search = pairs.map(({ key, value }) => `${key}=${value}`).join('&');
  return {
    raw: `{{server}}${path}${search === '' ? '' : `?${search}`}`,
    host: ['{{server}}'],
    path: path.slice(1).split('/'),
    ...(pairs.length > 0 && { query: pairs }),
    ...(Object.keys(params).length > 0 && {
      variable: Object.entries(params).map(([key, value]) => ({ key, value })),
    }),
  };
}

const WITHOUT_TOKEN: ReadonlySet<Access> = new Set([
  'anybody',
  'refresh token',
  'signed by Cloudinary',
  'operator',
]);

function authOf(access: Access): PostmanRequest['auth'] {
  if (WITHOUT_TOKEN.has(access)) return { type: 'noauth' };
  const byRole = access === 'moderator' || access === 'admin';
  const value = byRole ? '{{adminAccessToken}}' : '{{accessToken}}';
  return { type: 'bearer', bearer: [{ key: 'token', value, type: 'string' }] };
}

function bodyOf(
  rules: UploadRules,
  { body, files = {}, fileBody }: Omit<OperationExample, 'data'>,
): PostmanBody | undefined {
  if (fileBody !== undefined) return { mode: 'file', file: { src: `files/${fileBody}` } };
  if (Object.keys(files).length > 0 || requiredFields(rules).length > 0) {
    return { mode: 'formdata', formdata: [...textParts(body ?? {}), ...fileParts(files)] };
  }
  if (body === undefined) return undefined;
  const raw = JSON.stringify(body, undefined, 2);
  return { mode: 'raw', raw, options: { raw: { language: 'json' } } };
}

function textParts(body: Readonly<Record<string, unknown>>): PostmanFormPart[] {
  return Object.entries(body).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    type: 'text',
  }));
}

/** Relative to the folder of the collection, where newman and Postman look for them. */
function fileParts(files: Readonly<Record<string, string>>): PostmanFormPart[] {
  return Object.entries(files).map(([key, file]) => ({ key, type: 'file', src: `files/${file}` }));
}
