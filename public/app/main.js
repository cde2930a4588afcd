import { mountHeader } from './components/header.js';
import { mountNavigation } from './components/navigation.js';
import { startRouter } from './router.js';
import { restoreSession } from './state/session.js';

mountHeader(document.getElementById('header'));
mountNavigation(document.getElementById('navigation'));
await restoreSession();
await startRouter();
