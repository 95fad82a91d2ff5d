/** MapLibre, as much of it as the page needs. Imported by `load.ts` alone, so that it is a chunk of its own. */
import { config } from 'maplibre-src/util/config.ts';
import address from 'virtual:map-worker';
import 'maplibre-gl/dist/maplibre-gl.css';

// without it the worker is looked for beside the module, where no build puts it
config.WORKER_URL = address;

export { Map } from 'maplibre-src/ui/map.ts';
export { ScaleControl } from 'maplibre-src/ui/control/scale_control.ts';
