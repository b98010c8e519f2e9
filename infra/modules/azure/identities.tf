# Who may do what. Nobody has blobs/delete, deleteBlobVersion or blobs/write, so nobody deletes or overwrites. The calls are
# those of shared/store/azblob; what each takes: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory
locals {
  blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
  path  = "@Resource[${local.blobs}:path]"

  # To see a lock is to get the blob's properties, which is the right to read it. The right to extend a lock is also the right
  # to take an unlocked one off, and to lock for as long as one likes: Azure cannot say how far ahead.
  rights = {
    create = ["${local.blobs}/add/action"]
    read   = ["${local.blobs}/read"]
    keep   = ["${local.blobs}/read", "${local.blobs}/immutableStorage/runAsSuperUser/action"]
  }

  # Where each role may create. Reconcile's places are those of batches, seals, descriptors, and the recovery page.
  creates = {
    capture   = ["log/"]
    reconcile = ["log/", "seal/", "report/", "lost/", "repo/", "RECOVERY-"]
    report    = ["report/"]
  }

  # Everybody who acts in a role: the functions here, those in the other two clouds, and people. Two kinds of identities, since
  # what runs here also has an account for its code. The keeper has no peers: each cloud has its own. Each by a name that stays whoever
  # else comes or goes: by its place in a list, a right would end under one place and begin under another at once, and may be lost.
  identities = merge(
    { for app, role in { capture = "capture", reconcile = "reconcile", verify = "restore", keep = "keeper" } : "${app}-app" => role if var.functions },
    { capture-peers = "capture", reconcile-peers = "reconcile", verify-peers = "restore" },
  )
  members = {
    for role in ["capture", "reconcile", "keeper", "restore"] : role => merge(
      { for who, i in azurerm_user_assigned_identity.this : who => i.principal_id if local.identities[who] == role },
      { for id in distinct(lookup(var.operators, role, [])) : id => id },
    )
  }
  creators = merge(concat(
    [for role in ["capture", "reconcile"] : { for who, id in local.members[role] : who => { role = role, id = id } }],
    [local.reporters],
  )...)
  # The functions that sign and report what they found; nobody else who verifies or keeps creates anything.
  reporters = {
    for k, i in azurerm_user_assigned_identity.this : "report-${k}" => { role = "report", id = i.principal_id } if contains(["verify-app", "verify-peers", "keep-app"], k)
  }
  readers = merge(local.members["reconcile"], local.members["restore"])
}

resource "azurerm_role_definition" "this" {
  for_each          = local.rights
  name              = "${var.name}: ${each.key} in ${var.account}"
  scope             = azurerm_storage_account.this.id
  assignable_scopes = [azurerm_storage_account.this.id]
  permissions {
    actions      = []
    data_actions = each.value
  }
}

# https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes#blob-path
resource "azurerm_role_assignment" "create" {
  for_each           = local.creators
  scope              = azurerm_storage_container.this.id
  role_definition_id = azurerm_role_definition.this["create"].role_definition_resource_id
  principal_id       = each.value.id
  condition_version  = "2.0"
  condition = join("", [
    "(!(ActionMatches{'${local.blobs}/add/action'}) OR (",
    join(" OR ", [for p in local.creates[each.value.role] : "${local.path} StringStartsWith '${p}'"]),
    "))",
  ])
}

resource "azurerm_role_assignment" "read" {
  for_each           = local.readers
  scope              = azurerm_storage_container.this.id
  role_definition_id = azurerm_role_definition.this["read"].role_definition_resource_id
  principal_id       = each.value
}

resource "azurerm_role_assignment" "keep" {
  for_each           = local.members["keeper"]
  scope              = azurerm_storage_container.this.id
  role_definition_id = azurerm_role_definition.this["keep"].role_definition_resource_id
  principal_id       = each.value
}

resource "azurerm_user_assigned_identity" "this" {
  for_each            = local.identities
  name                = "${var.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
}
