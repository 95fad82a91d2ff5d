/** The views of the staff's page: one line each. */
import type { Component } from 'svelte';
import type { Action } from './api/types';
import type { IconName } from './icons';

export type View = {
  /** `#/name` */
  name: string;
  /** Key of its word in `text/*.ftl`. */
  word: string;
  icon: IconName;
  /** What one must be allowed to do to see it. */
  needs: Action;
  load: () => Promise<{ default: Component }>;
};

export const VIEWS: View[] = [
  {
    name: 'live',
    word: 'nav-live',
    icon: 'live',
    needs: 'read',
    load: () => import('./views/live/Live.svelte'),
  },
  {
    name: 'whatif',
    word: 'nav-whatif',
    icon: 'whatif',
    needs: 'plan',
    load: () => import('./views/whatif/WhatIf.svelte'),
  },
  {
    name: 'screen',
    word: 'nav-screen',
    icon: 'screen',
    needs: 'plan',
    load: () => import('./views/screen/Screen.svelte'),
  },
  {
    name: 'decide',
    word: 'nav-decide',
    icon: 'decide',
    needs: 'plan',
    load: () => import('./views/decide/Decide.svelte'),
  },
  {
    name: 'notices',
    word: 'nav-notices',
    icon: 'notices',
    needs: 'command',
    load: () => import('./views/notices/Notices.svelte'),
  },
];
