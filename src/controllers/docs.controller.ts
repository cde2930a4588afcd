import type { RequestHandler } from 'express';
import swaggerUi from 'swagger-ui-express';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import type { RouteDescription } from '../docs/describe-routes';
import { createOpenApi } from '../docs/openapi';
import { OPERATIONS } from '../docs/operations';

const DOCUMENT_PATH = `${API_PREFIX}/openapi.json`;
const PAGE_PATH = `${API_PREFIX}/docs`;

const PAGE_OPTIONS: swaggerUi.SwaggerUiOptions = {
  customSiteTitle: 'VideoTube API',
  swaggerUrl: DOCUMENT_PATH,
  swaggerOptions: {
    url: DOCUMENT_PATH,
    // A pasted token survives a reload of the page.
    persistAuthorization: true,
    docExpansion: 'none',
    filter: true,
    // The default sends the document to a validator on the web.
    validatorUrl: null,
  },
};

/** Handlers of the API's own description. */
export function createDocsController(
  { config, publicUrl }: Pick<AppDependencies, 'config' | 'publicUrl'>,
  routes: () => RouteDescription[],
) {
  let text: string | undefined;
  // Its own links are relative to a folder, and this page is known without a slash at its end.
  const html = swaggerUi
    .generateHTML(undefined, PAGE_OPTIONS)
    .replaceAll(/(href|src)="\.\//g, `$1="${PAGE_PATH}/`);

  const sendDocument: RequestHandler = (_request, response) => {
    // Neither routes nor configuration change while the process runs.
    text ??= JSON.stringify(
      createOpenApi({ routes: routes(), operations: OPERATIONS, publicUrl: publicUrl(), config }),
    );
    response.set('Cache-Control', 'no-cache').type('json').send(text);
  };

  const sendPage: RequestHandler = (_request, response) => {
    response
      .set('Content-Security-Policy', pagePolicy(publicUrl()))
      .set('Cache-Control', 'no-cache')
      .type('html')
      .send(html);
  };

  return {
    sendDocument,
    sendPage,
    /** Scripts, styles and pictures of the page, from the package on this disk. */
    assets: [passByManifest, ...swaggerUi.serveFiles(undefined, PAGE_OPTIONS)],
  };
}

/** The package would refuse its manifest by itself, in plain text; every failure has our envelope. */
const passByManifest: RequestHandler = (request, _response, next) => {
  if (request.path.endsWith('/package.json')) next('router');
  else next();
};

/** What the page needs and nothing more: its own files, and calls of this API. */
function pagePolicy(publicUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // The page brings style elements, which have no address that could be allowed instead.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(publicUrl).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
