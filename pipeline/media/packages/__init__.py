"""What a finished chapter is handed out as: streams, previews, uploads, a page that plays it."""
