import { mount } from 'svelte';
import App from './App.svelte';
import './lib/theme.css';
import { startLanguage } from './lib/i18n';

// Not awaited at the top: the parts that are only fetched later could then not share this one's.
void startLanguage().then(() => mount(App, { target: document.getElementById('app')! }));
