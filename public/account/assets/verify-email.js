import { serveLink } from './link-page.js';

serveLink('verify-email');
