export { languages, language, setLanguage, startLanguage, locale } from './language.svelte';
export { t, type Key } from './language.svelte';
