// libgif behind functions that return codes; filled in with the animation writer.
