/** One map of the city: MapLibre behind the few words that the page's views use. */
import type { GeoJSONSource, LngLatBoundsLike, Map as Gl, MapMouseEvent } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { City, DomainInfo } from '../api/types';
import { mapStyle, PINS } from './basestyle';
import { cityLayers, pickable } from './citylayers';
import { loadMapLibre } from './load';
import type { Theme } from './palette';
import { FeatureStates } from './states';
import { shapeImage, SHAPES } from './shapes';

export type Hit = { asset: string; kind: string; name: string; people: number; x: number; y: number };
export type Handlers = {
  pick(asset: string): void;
  /** A pin, by the `id` of its properties. */
  pin?(id: string): void;
  hover(hit: Hit | null): void;
  /** The first picture stands. */
  ready(): void;
};
export type Options = {
  city: City;
  domains: DomainInfo[];
  theme: Theme;
  still: boolean;
  title: string;
  handlers: Handlers;
};

/** Where the reader was last: another view's map opens there. */
let camera: { center: [number, number]; zoom: number } | null = null;
const REACH_PX = 6;

export class CityMap {
  readonly states: FeatureStates;
  readonly #gl: Gl;
  readonly #options: Options;
  readonly #layers: Record<string, string[]>;
  #hidden = new Set<string>();
  #theme: Theme;
  #near = '';

  static async open(container: HTMLElement, options: Options): Promise<CityMap> {
    const map = new CityMap(await loadMapLibre(), container, options);
    // before that there is no style to change
    await map.#gl.once('style.load');
    return map;
  }

  private constructor(
    library: Awaited<ReturnType<typeof loadMapLibre>>,
    container: HTMLElement,
    options: Options,
  ) {
    this.#options = options;
    this.#theme = options.theme;
    this.#layers = pickable(options.domains);
    const { city } = options;
    const start = camera ?? (city.box ? { bounds: city.box } : {});
    this.#gl = new library.Map({
      container,
      ...start,
      style: this.#style(options.theme),
      // the style is our own and tested: checking it again costs the first picture time
      validateStyle: false,
      attributionControl: false,
      fadeDuration: 0,
      maxZoom: 19,
      dragRotate: false,
      pitchWithRotate: false,
      locale: { 'Map.Title': options.title },
    });
    this.#gl.touchZoomRotate.disableRotation();
    this.#gl.keyboard.disableRotation();
    if (city.box) this.#gl.setMaxBounds(around(city.box));
    this.#gl.addControl(new library.ScaleControl({ maxWidth: 90 }), 'bottom-left');
    this.states = new FeatureStates(
      (asset, state) => {
        const sourceLayer = asset.slice(0, asset.indexOf(':'));
        this.#gl.setFeatureState({ source: 'city', sourceLayer, id: asset }, state);
      },
      (callback) => requestAnimationFrame(callback),
    );
    this.#listen();
  }

  setTheme(theme: Theme): void {
    if (theme === this.#theme) return;
    this.#theme = theme;
    this.#gl.setStyle(this.#style(theme), { diff: true, validate: false });
  }

  /** Hide domains. */
  hide(domains: ReadonlySet<string>): void {
    this.#hidden = new Set(domains);
    for (const layer of this.#gl.getStyle().layers) {
      if (!('source' in layer) || layer.source !== 'city') continue;
      const hidden = domains.has(layer['source-layer'] ?? '');
      this.#gl.setLayoutProperty(layer.id, 'visibility', hidden ? 'none' : 'visible');
    }
  }

  setData(source: 'lost' | 'path' | 'pins', data: FeatureCollection): void {
    this.#gl.getSource<GeoJSONSource>(source)?.setData(data);
  }

  fly(lon: number, lat: number): void {
    const zoom = Math.max(this.#gl.getZoom(), 15);
    this.#gl.easeTo({ center: [lon, lat], zoom, duration: this.#options.still ? 0 : 600 });
  }

  fit(box: LngLatBoundsLike): void {
    this.#gl.fitBounds(box, { padding: 60, maxZoom: 15.5, duration: this.#options.still ? 0 : 600 });
  }

  home(): void {
    if (this.#options.city.box) this.fit(this.#options.city.box);
  }

  zoom(by: 1 | -1): void {
    this.#gl.zoomTo(this.#gl.getZoom() + by, { duration: this.#options.still ? 0 : 200 });
  }

  close(): void {
    const { lng, lat } = this.#gl.getCenter();
    camera = { center: [lng, lat], zoom: this.#gl.getZoom() };
    this.states.stop();
    this.#gl.remove();
  }

  #style(theme: Theme): ReturnType<typeof mapStyle> {
    const layers = cityLayers(this.#options.domains, theme);
    return mapStyle(this.#options.city, theme, layers);
  }

  #listen(): void {
    const { handlers } = this.#options;
    this.#gl.on('style.load', () => {
      for (const shape of SHAPES) {
        const id = `shape-${shape}`;
        if (!this.#gl.hasImage(id)) this.#gl.addImage(id, shapeImage(shape), { sdf: true });
      }
    });
    this.#gl.once('idle', () => handlers.ready());
    this.#gl.on('click', (event) => {
      const pin =
        this.#gl.getLayer(PINS) && this.#gl.queryRenderedFeatures(event.point, { layers: [PINS] })[0];
      if (pin) return handlers.pin?.(String(pin.properties['id']));
      const hit = this.#at(event);
      if (hit) handlers.pick(hit.asset);
    });
    let frame = 0;
    this.#gl.on('mousemove', (event) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.#hover(this.#at(event)));
    });
    this.#gl.on('mouseout', () => {
      cancelAnimationFrame(frame);
      this.#hover(null);
    });
    this.#gl.on('movestart', () => this.#hover(null));
  }

  #hover(hit: Hit | null): void {
    const asset = hit?.asset ?? '';
    if (asset !== this.#near) {
      this.#near = asset;
      this.states.set('near', new Map(hit ? [[asset, 1]] : []));
      this.#gl.getCanvas().style.cursor = hit ? 'pointer' : '';
    }
    this.#options.handlers.hover(hit);
  }

  /** What is drawn topmost near the pointer; points before lines, as they are smaller to hit. */
  #at({ point }: MapMouseEvent): Hit | null {
    const layers = Object.entries(this.#layers)
      .filter(([domain]) => !this.#hidden.has(domain))
      .flatMap(([, ids]) => ids)
      .filter((id) => this.#gl.getLayer(id));
    const box: [[number, number], [number, number]] = [
      [point.x - REACH_PX, point.y - REACH_PX],
      [point.x + REACH_PX, point.y + REACH_PX],
    ];
    const found = this.#gl.queryRenderedFeatures(box, { layers, validate: false });
    const best = found.find((one) => one.geometry.type === 'Point') ?? found[0];
    if (!best) return null;
    const { id, kind = '', name = '', people = 0 } = best.properties as Record<string, string | number>;
    return {
      asset: String(id),
      kind: String(kind),
      name: String(name),
      people: Number(people),
      x: point.x,
      y: point.y,
    };
  }
}

/** So far beyond the city one may look; further out there are no tiles. */
function around([west, south, east, north]: [number, number, number, number]): [
  number,
  number,
  number,
  number,
] {
  const [wide, high] = [east - west, north - south];
  return [west - wide, south - high, east + wide, north + high];
}
