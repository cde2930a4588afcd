import { serveLink } from './link-page.js';

const password = document.getElementById('newPassword');
const show = document.getElementById('show');

show.addEventListener('change', () => {
  password.type = show.checked ? 'text' : 'password';
});

serveLink('reset-password', () => ({ newPassword: password.value }));
