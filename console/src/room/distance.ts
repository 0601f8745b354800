/// Short distances on the ground, for "nearby" only: never for deciding who goes (that is the server's, by road).

const METRES_PER_DEGREE = 111_195;

export function metres(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const east = (a.lon - b.lon) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, east) * METRES_PER_DEGREE;
}
