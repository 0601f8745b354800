/// Whether the form to share an incident is open, and for which. A key opens it; the panel shows it.

class Sharing {
  /** The incident whose form is open, or "". */
  open = $state("");
}

export const sharing = new Sharing();
