/// The map library behind one small face: a ground, marks by source, picking, moving. Knows no row, no room and no words
/// of its own.

import "maplibre-gl/dist/maplibre-gl.css";

import maplibregl, { type GeoJSONSource, type LngLatBoundsLike, type Map as Library, type StyleSpecification } from "maplibre-gl";
import { Protocol } from "pmtiles";

import { pictures, RATIO } from "./icons";
import { type Group, GROUPS, markLayers, PICKED, source, type SourceName, SOURCES } from "./layers";
import { type Mark, type Marks, marks } from "./marks";
import { GROUND, style, type Theme } from "./style/style";

export interface Wish {
  container: HTMLElement;
  theme: Theme;
  /** Where the basemap is served; null where the region has none. */
  tiles: string | null;
  bbox: readonly [w: number, s: number, e: number, n: number];
  words: { canvas: string; zoom_in: string; zoom_out: string; attribution: string };
  quiet: () => boolean;
  onpick: (source: SourceName, id: string) => void;
  onmoved: () => void;
  onfault: () => void;
}

let known = false;

export class Chart {
  readonly map: Library;
  #wish: Wish;
  #data = new Map<SourceName, Marks>();
  #hidden = new Set<Group>();
  #dressed = false;

  constructor(wish: Wish) {
    this.#wish = wish;
    if (!known) maplibregl.addProtocol("pmtiles", new Protocol().tile);
    known = true;
    this.map = new maplibregl.Map({
      container: wish.container,
      style: this.#style(wish.theme),
      bounds: wish.bbox as unknown as LngLatBoundsLike,
      fitBoundsOptions: { padding: 30 },
      maxPitch: 0,
      pitchWithRotate: false,
      dragRotate: false,
      attributionControl: false,
      fadeDuration: 0,
      maxZoom: 19.5,
      refreshExpiredTiles: false,
      locale: {
        "Map.Title": wish.words.canvas,
        "NavigationControl.ZoomIn": wish.words.zoom_in,
        "NavigationControl.ZoomOut": wish.words.zoom_out,
        "AttributionControl.ToggleAttribution": wish.words.attribution,
      },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibregl.AttributionControl({ compact: false }), "bottom-left");
    this.map.addControl(new maplibregl.ScaleControl({ maxWidth: 120 }), "bottom-left");
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
    this.map.on("style.load", () => this.#dress());
    this.map.on("click", (event) => this.#pick(event.point));
    this.map.on("mousemove", (event) => {
      this.map.getCanvas().style.cursor = this.#under(event.point) ? "pointer" : "";
    });
    this.map.on("moveend", wish.onmoved);
    this.map.on("error", (event) => {
      if ((event as { sourceId?: string }).sourceId === GROUND) wish.onfault();
    });
  }

  theme(theme: Theme): void {
    this.#dressed = false;
    this.map.setStyle(this.#style(theme), { diff: false });
  }

  /** Replaces the marks of one source. Resolves when they are ready to be drawn, so that nobody sends faster than that. */
  async set(name: SourceName, features: Mark[]): Promise<void> {
    const data = marks(features);
    this.#data.set(name, data);
    const found = this.#dressed ? (this.map.getSource(name) as GeoJSONSource | undefined) : undefined;
    if (found) await found.setData(data as Parameters<GeoJSONSource["setData"]>[0], true);
  }

  show(group: Group, shown: boolean): void {
    if (shown) this.#hidden.delete(group);
    else this.#hidden.add(group);
    if (this.#dressed) this.#reveal(group);
  }

  centre(): { lat: number; lon: number } {
    const { lat, lng } = this.map.getCenter();
    return { lat, lon: lng };
  }

  /** Brings points into sight; at most so near. */
  fit(points: readonly { lat: number; lon: number }[], nearest: number): void {
    const [first] = points;
    if (!first) return;
    const bounds = new maplibregl.LngLatBounds([first.lon, first.lat], [first.lon, first.lat]);
    for (const point of points) bounds.extend([point.lon, point.lat]);
    this.map.fitBounds(bounds, { padding: 90, maxZoom: nearest, ...this.#pace() });
  }

  pan(point: { lat: number; lon: number }): void {
    this.map.easeTo({ center: [point.lon, point.lat], ...this.#pace() });
  }

  /** Whether a point lies well inside what is seen. */
  inside(point: { lat: number; lon: number }, margin = 0.12): boolean {
    const { x, y } = this.map.project([point.lon, point.lat]);
    const { clientWidth: w, clientHeight: h } = this.map.getContainer();
    return x > w * margin && x < w * (1 - margin) && y > h * margin && y < h * (1 - margin);
  }

  metresPerPixel(): number {
    return (78_271.5 * Math.cos((this.map.getCenter().lat * Math.PI) / 180)) / 2 ** this.map.getZoom();
  }

  focus(): void {
    this.map.getCanvas().focus();
  }

  gone(): void {
    this.map.remove();
  }

  #pace(): { duration: number } {
    return { duration: this.#wish.quiet() ? 0 : 450 };
  }

  #style(theme: Theme): StyleSpecification {
    const { tiles } = this.#wish;
    const made = style(theme, tiles ?? "none");
    if (tiles) return made;
    return { ...made, sources: {}, layers: made.layers.filter((layer) => layer.type === "background") };
  }

  #dress(): void {
    const map = this.map;
    const colours = getComputedStyle(document.documentElement);
    for (const { name, image } of pictures()) {
      if (map.hasImage(name)) map.removeImage(name);
      map.addImage(name, image, { pixelRatio: RATIO });
    }
    for (const name of SOURCES) map.addSource(name, { ...source(), data: (this.#data.get(name) ?? marks([])) as never });
    for (const layer of markLayers((property) => colours.getPropertyValue(property).trim())) map.addLayer(layer);
    this.#dressed = true;
    for (const group of Object.keys(GROUPS) as Group[]) this.#reveal(group);
  }

  #reveal(group: Group): void {
    const visibility = this.#hidden.has(group) ? "none" : "visible";
    for (const layer of GROUPS[group]) this.map.setLayoutProperty(layer, "visibility", visibility);
    if (group !== "resources") return;
    // The ground draws some of the same places: one sign each is enough.
    for (const layer of ["help-clinic", "help-police", "help-fire", "help-hospital", "poi-tiny", "poi-tiny-name"]) {
      if (this.map.getLayer(layer)) this.map.setLayoutProperty(layer, "visibility", "none");
    }
  }

  #under(point: { x: number; y: number }): [SourceName, string] | null {
    if (!this.#dressed) return null;
    const layers = PICKED.map(([layer]) => layer).filter((layer) => this.map.getLayer(layer));
    const found = this.map.queryRenderedFeatures([[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]], { layers });
    for (const [layer, name] of PICKED) {
      const feature = found.find((each) => each.layer.id === layer);
      if (feature) return [name, String(feature.properties.id)];
    }
    return null;
  }

  #pick(point: { x: number; y: number }): void {
    const found = this.#under(point);
    if (found) this.#wish.onpick(...found);
  }
}
