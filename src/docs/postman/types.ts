/** The part of Postman's collection format v2.1 that we write. */

export interface PostmanCollection {
  info: { _postman_id: string; name: string; description: string; schema: string };
  item: PostmanFolder[];
  event: PostmanEvent[];
}

export interface PostmanFolder {
  name: string;
  description: string;
  item: PostmanItem[];
}

export interface PostmanItem {
  name: string;
  request: PostmanRequest;
  response: PostmanResponse[];
  event: PostmanEvent[];
}

export interface PostmanRequest {
  method: string;
  description?: string;
  header: PostmanPair[];
  url: PostmanUrl;
  auth?: { type: 'noauth' } | { type: 'bearer'; bearer: (PostmanPair & { type: 'string' })[] };
  body?: PostmanBody;
}

export interface PostmanPair {
  key: string;
  value: string;
}

export interface PostmanUrl {
  raw: string;
  host: string[];
  path: string[];
  query?: PostmanPair[];
  variable?: PostmanPair[];
}

export type PostmanBody =
  | { mode: 'raw'; raw: string; options: { raw: { language: 'json' } } }
  | { mode: 'formdata'; formdata: PostmanFormPart[] }
  | { mode: 'file'; file: { src: string } };

export type PostmanFormPart =
  (PostmanPair & { type: 'text' }) | { key: string; type: 'file'; src: string };

/** A saved example answer. */
export interface PostmanResponse {
  name: string;
  originalRequest: PostmanRequest;
  status: string;
  code: number;
  _postman_previewlanguage: 'json';
  header: PostmanPair[];
  body: string;
}

export interface PostmanEvent {
  listen: 'prerequest' | 'test';
  script: { type: 'text/javascript'; exec: string[] };
}

export interface PostmanEnvironment {
  id: string;
  name: string;
  values: (PostmanPair & { enabled: true })[];
  _postman_variable_scope: 'environment';
}
