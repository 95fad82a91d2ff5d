/** MapLibre and its worker come only where a map is shown: the rest of the page does not wait for them. */
export type MapLibre = typeof import('./maplibre');
let loaded: Promise<MapLibre> | null = null;

export function loadMapLibre(): Promise<MapLibre> {
  loaded ??= (async () => {
    const [library] = await Promise.all([
      import('./maplibre'),
      // labels are drawn from the page's font: both subsets must be here, or ā is drawn in another
      document.fonts.load('24px Inter', 'aā'),
    ]);
    return library;
  })();
  return loaded;
}
