import { render } from 'preact';

import '../shared/theme.css';
import './demo.css';
import { Page } from './page.tsx';
import { listenForNews } from './server.browser.ts';
import { takeUp } from './run.browser.ts';
import { listenForKeys } from './keys.browser.ts';

listenForNews();
listenForKeys();
const page = document.getElementById('page');
if (page !== null) render(<Page />, page);
void takeUp();
