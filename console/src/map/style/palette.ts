/**
 * The colours of the ground map, by day and by night. The ground is kept pale (or dark) and nearly grey, so that
 * units and incidents, drawn above it in full colour, are what the eye finds first. Refuses to know layers.
 */

export type Theme = "day" | "night";

export interface Palette {
  /** Land where nothing else is known. */
  land: string;
  residential: string;
  industrial: string;
  commercial: string;
  park: string;
  wood: string;
  farm: string;
  sand: string;
  rock: string;
  special: string;
  hospital: string;
  school: string;
  pitch: string;
  paved: string;
  pier: string;
  water: string;
  waterLine: string;
  coast: string;
  building: string;
  buildingLine: string;
  rail: string;
  railDash: string;
  ferry: string;
  boundary: string;
  motorway: string;
  motorwayCase: string;
  major: string;
  majorCase: string;
  minor: string;
  minorCase: string;
  /** Roads too thin for a case. */
  thin: string;
  service: string;
  path: string;
  tunnel: string;
  arrow: string;
  text: string;
  textSoft: string;
  textWater: string;
  textPark: string;
  halo: string;
  /** Places of help, the only marks of the ground that carry colour. */
  health: string;
  fire: string;
  police: string;
  poi: string;
  poiText: string;
}

const day: Palette = {
  land: "#f2f1ed",
  residential: "#eeece7",
  industrial: "#e9e7e6",
  commercial: "#efebe7",
  park: "#dfe8d6",
  wood: "#d3e0cb",
  farm: "#ecece0",
  sand: "#f1ead6",
  rock: "#e4e2dd",
  special: "#e9e4e1",
  hospital: "#f4e5e4",
  school: "#f0ebdc",
  pitch: "#d6e2cc",
  paved: "#e6e5e3",
  pier: "#f2f1ed",
  water: "#c3d5de",
  waterLine: "#b3c9d4",
  coast: "#8fabb9",
  building: "#e2dfd9",
  buildingLine: "#d3cfc8",
  rail: "#c2bfbb",
  railDash: "#f2f1ed",
  ferry: "#8fabb9",
  boundary: "#a9a1ab",
  motorway: "#f6dfb0",
  motorwayCase: "#d3b57b",
  major: "#fdf3d9",
  majorCase: "#d9cdb0",
  minor: "#ffffff",
  minorCase: "#d9d6d0",
  thin: "#d8d5ce",
  service: "#fafaf8",
  path: "#c6beb2",
  tunnel: "#eceae5",
  arrow: "#a8a39a",
  text: "#3a3d42",
  textSoft: "#6a6d73",
  textWater: "#4f7384",
  textPark: "#557048",
  halo: "#fbfaf8",
  health: "#b3423a",
  fire: "#a8561c",
  police: "#35589b",
  poi: "#8b8c92",
  poiText: "#65676d",
};

const night: Palette = {
  land: "#15191e",
  residential: "#181c22",
  industrial: "#1a1d23",
  commercial: "#1b1e24",
  park: "#16211d",
  wood: "#14201b",
  farm: "#181d1d",
  sand: "#201f1c",
  rock: "#1c1f23",
  special: "#1c1c22",
  hospital: "#251b20",
  school: "#1f1e1f",
  pitch: "#182620",
  paved: "#1d2127",
  pier: "#15191e",
  water: "#0a1017",
  waterLine: "#101922",
  coast: "#33475a",
  building: "#1f242b",
  buildingLine: "#2a3038",
  rail: "#363c45",
  railDash: "#15191e",
  ferry: "#2f4252",
  boundary: "#4d4a58",
  motorway: "#564b38",
  motorwayCase: "#0f1216",
  major: "#42413d",
  majorCase: "#0f1216",
  minor: "#2d333b",
  minorCase: "#101317",
  thin: "#2b3038",
  service: "#242931",
  path: "#363b40",
  tunnel: "#1c2026",
  arrow: "#68707b",
  text: "#c3cad3",
  textSoft: "#949da8",
  textWater: "#6f93a8",
  textPark: "#7d9c83",
  halo: "#0d1014",
  health: "#e58a82",
  fire: "#e0a06a",
  police: "#8fb0ea",
  poi: "#7d8590",
  poiText: "#949da8",
};

/** The palette of a theme. */
export function palette(theme: Theme): Palette {
  return theme === "night" ? night : day;
}
