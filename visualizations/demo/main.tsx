import { render } from 'preact';

import '../shared/theme.css';

const page = document.getElementById('page');
if (page !== null) render(<main>tenuto</main>, page);
