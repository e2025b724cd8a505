import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// Styles go to files: the page's policy allows none in the document.
export default { preprocess: vitePreprocess(), compilerOptions: { css: 'external' } };
