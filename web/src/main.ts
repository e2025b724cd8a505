import { mount } from 'svelte';
import App from './App.svelte';
import './lib/theme.css';
import { startLanguage } from './lib/i18n';

await startLanguage();
mount(App, { target: document.getElementById('app')! });
