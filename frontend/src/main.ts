/** Where the page starts: the language first, then the staff's page or the residents'. */
import { mount } from 'svelte';
import './styles/base.css';
import { loadCity } from './stores/city.svelte';
import { showTheme } from './stores/prefs.svelte';
import { speak, wished } from './text/words.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('index.html has no #page');

showTheme();
/** Not `a ? import(…) : import(…)`: the build folds that into one import, with the style sheets of only one. */
const PAGES = {
  staff: () => import('./App.svelte'),
  resident: () => import('./views/resident/Resident.svelte'),
};
const resident = location.pathname.replace(/\/$/, '').endsWith('/resident');
const [{ default: Page }] = await Promise.all([
  PAGES[resident ? 'resident' : 'staff'](),
  speak(wished()),
  // the shell says so, and tries again, where the server is not there
  loadCity().catch(() => undefined),
]);
mount(Page, { target });
