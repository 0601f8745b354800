/// The fleet's words as the person at this screen reads them. The words stand in the centre's catalogue.

import { settings } from "../i18n";
import { wordFor } from "../keys/find";
import { door } from "../wire/session.svelte";

export const kindName = (code: string): string => wordFor(code, door.catalogue.unit_kinds, settings.language);

export const capabilityName = (code: string): string => wordFor(code, door.catalogue.capabilities, settings.language);
