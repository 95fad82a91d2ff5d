/** Parts of MapLibre that are built from its source (see vite.config.ts); its package types only the whole. */
declare module 'maplibre-src/ui/map.ts' {
  export { Map } from 'maplibre-gl';
}
declare module 'maplibre-src/ui/control/scale_control.ts' {
  export { ScaleControl } from 'maplibre-gl';
}
declare module 'maplibre-src/util/config.ts' {
  export const config: { WORKER_URL: string };
}
declare module 'virtual:map-worker' {
  const address: string;
  export default address;
}
